"""What people see of the nightly job: 待办_姓名.xlsx, 待办总览.xlsx and the digests."""
