"""Without planted breaches a sample obeys the regulation; checked here without the rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from toolkit.forms import load_forms
from toolkit.model.text import fold_person
from toolkit.writers.sample import SampleSize

from .sample_department import CHECK_DATE, Facts, as_day, planned

ALWAYS_ALLOWED = {"售后服务", "故障处理", "其他"}
VAGUE = (
    "解决了技术问题",
    "处理了问题",
    "协助客户",
    "技术支持",
    "沟通需求",
    "已解决",
    "已处理",
    "正常",
)
NOT_WORKED = {"joined", "left", "release_date", "day", "go_live_date"}


@pytest.fixture(scope="module", params=[*range(29), "large"])
def facts(request: pytest.FixtureRequest) -> Facts:
    if request.param == "large":
        return planned(99, SampleSize.per_engineer(30, 6, 120))
    return planned(request.param)


def test_people_are_in_the_roster_and_in_office(facts: Facts) -> None:
    for form_key, content in facts.contents.values():
        for block in load_forms()[form_key].blocks:
            records = content.tables.get(block.key) or [content.labels.get(block.key, {})]
            for record in records:
                days = [record[k] for k in block.event_date if record.get(k)]
                for field in block.fields:
                    value = record.get(field.key) or ()
                    names = (value,) if isinstance(value, str) else value
                    for name in names if field.is_person else ():
                        person = facts.roster[name]
                        if field.departments:
                            assert person["department"] in field.departments
                        # who hands over may be gone by the day on which that takes effect
                        if days and person["left"] and field.key != "old_person":
                            assert as_day(days[0]) <= person["left"]


def test_names_stay_different_when_folded() -> None:
    roster = planned(1, SampleSize.per_engineer(1000, 1, 0)).roster
    assert len({fold_person(name) for name in roster}) == len(roster) > 2000


def test_dates_are_working_days_and_only_plans_lie_ahead(facts: Facts) -> None:
    first = date(2026, 1, 1)
    for form_key, content in facts.contents.values():
        for block in load_forms()[form_key].blocks:
            records = content.tables.get(block.key) or [content.labels.get(block.key, {})]
            for record in records:
                for field in block.fields:
                    value = record.get(field.key)
                    if value and field.is_date and field.key not in NOT_WORKED:
                        day = as_day(value)
                        assert first <= day
                        assert field.planned or day <= CHECK_DATE, (block.key, field.key)
                        assert facts.is_workday(day), (block.key, field.key, day)


def test_numbers_are_unique(facts: Facts) -> None:
    numbers = Counter(p["number"] for p in facts.projects.values())
    for block, key in (
        ("improvement", "number"),
        ("fault", "number"),
        ("bugs", "bug_id"),
        ("leftovers", "leftover_id"),
        ("tracking", "record_id"),
        ("roster", "staff_number"),
    ):
        found = [*facts.forms(block), *facts.rows(block)]
        numbers.update(record[key] for _, record in found if record.get(key))
    assert max(numbers.values()) == 1
    names = Counter(
        name
        for values in facts.projects.values()
        for name in (values["project_name"], *values["project_aliases"])
    )
    assert max(names.values()) == 1
    assert max(Counter(v["customer"] for v in facts.projects.values()).values()) == 1


def test_rows_stand_in_the_right_sheet_at_the_right_time(facts: Facts) -> None:
    for path, row in facts.rows("tracking"):
        project, day = facts.project_of(row), row["support_date"]
        values = facts.projects[project]
        first = facts.first(project, day)
        assert values["charter_date"] <= day
        assert day < values.get("close_date", date.max)
        assert facts.owner(path) == first
        supporter = row.get("supporter") or first
        assert supporter in (first, facts.second(project, day))
        if day > values.get("acceptance_date", date.max):
            assert supporter == first
        if row["support_type"] == "售后服务":
            assert day > values["acceptance_date"]
        added = {a["support_type"] for a in facts.additions[project] if a["added_date"] <= day}
        assert row["support_type"] in {*values["support_types"], *added} | ALWAYS_ALLOWED


def test_rows_are_sorted_and_none_is_written_twice(facts: Facts) -> None:
    said = Counter((facts.project_of(row), row["content"]) for _, row in facts.rows("tracking"))
    assert max(said.values()) == 1
    for form, content in facts.contents.values():
        if form == "F02":
            days = [row["support_date"] for row in content.tables["tracking"]]
            assert days == sorted(days)


def test_projects_stand_in_the_lists_of_all_their_owners(facts: Facts) -> None:
    listed = {(facts.owner(path), row["project_id"]) for path, row in facts.rows("project_list")}
    wanted = set()
    for project, values in facts.projects.items():
        if "charter_date" in values:
            wanted.add((values["first_presales"], project))
            assert values["first_presales"] != values["second_presales"]
        wanted |= {
            (c["new_person"], project) for c in facts.changes[project] if c["role"] == "第一售前"
        }
    assert listed == wanted


def test_contents_are_specific(facts: Facts) -> None:
    texts = [row["content"] for _, row in facts.rows("tracking")]
    for text in texts:
        assert len(text) >= 16
        assert not any(phrase in text for phrase in VAGUE), text
    for _, row in facts.rows("tracking"):
        if not row.get("bug_id"):
            assert not any(word in row["content"].lower() for word in ("bug", "缺陷", "崩溃"))
    for values in facts.projects.values():
        assert len(values["requirement"]) >= 20
        assert not any(phrase in values["requirement"] for phrase in VAGUE)


def test_everything_can_be_shown_on_a_windows_console(facts: Facts) -> None:
    for form, content in facts.contents.values():
        str((form, content.labels, content.tables)).encode("gbk")


def test_sales_hear_of_what_they_did_not_see(facts: Facts) -> None:
    for _, row in facts.rows("tracking"):
        if row["sales_present"] == "否":
            assert row["report_channel"] in ("邮件", "电话")
        if row["result"] == "问题遗留":
            assert row.get("report_channel", "邮件") == "邮件"
        if "report_time" in row:
            day = row["support_date"]
            assert day <= row["report_time"].date() <= facts.later(day, 1)
            if "end_time" in row and row["report_time"].date() == day:
                assert row["report_time"].time() > row["end_time"]


def test_nobody_is_in_two_places_at_once(facts: Facts) -> None:
    diary = defaultdict(list)
    for path, row in facts.rows("tracking"):
        if "start_time" in row:
            assert row["start_time"] < row["end_time"]
            who = row.get("supporter") or facts.owner(path)
            diary[who, row["support_date"]].append((row["start_time"], row["end_time"]))
    for spans in diary.values():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_stages_come_in_order(facts: Facts) -> None:
    stages = defaultdict(list)
    for _, row in facts.rows("tracking"):
        if row.get("stage"):
            key = facts.project_of(row), row["support_type"]
            stages[key].append((row["support_date"], row["stage"]))
    for steps in stages.values():
        steps.sort(key=lambda step: step[0])
        assert steps[0][1] == "沟通"
        first = steps[0][0]
        assert all(day > first for day, stage in steps if stage in ("执行", "收尾"))


def test_leftovers_and_their_documents_belong_together(facts: Facts) -> None:
    leftovers = {row["leftover_id"]: row for _, row in facts.rows("leftovers")}
    forms = {v["number"]: v for block in ("improvement", "fault") for _, v in facts.forms(block)}
    bugs = {row["bug_id"]: row for _, row in facts.rows("bugs")}
    named = set()
    for path, row in facts.rows("tracking"):
        assert (row["result"] == "问题遗留") == bool(row.get("leftover_ids"))
        assert (row.get("product_problem") == "是") == bool(row.get("bug_id"))
        for number in row.get("bug_id", ()):
            assert bugs[number]["found_date"] <= row["support_date"]
        for number in row.get("leftover_ids", ()):
            leftover = leftovers[number]
            named.add(number)
            assert facts.project_of(leftover) == facts.project_of(row)
            assert leftover["raised_date"] == row["support_date"]
            assert (path, leftover) in facts.rows("leftovers")
    assert named == set(leftovers)
    for row in leftovers.values():
        for number in row["related"]:
            assert number in forms or number in bugs
        if row["path"] in ("产品改进申请单", "故障处理工作单"):
            assert row["related"]
        assert row["start_date"] <= facts.later(row["raised_date"], 1)
        _demand_in_order(row, "raised_date", "start_date", "done_date", "close_date")


def test_open_leftovers_are_looked_after(facts: Facts) -> None:
    recent = CHECK_DATE - timedelta(days=7)
    forms = {v["number"]: v for block in ("improvement", "fault") for _, v in facts.forms(block)}
    for _, row in facts.rows("leftovers"):
        related = [forms[number] for number in row["related"] if number in forms]
        final = ["close_date" in form or "convert_ref" in form for form in related]
        if "close_date" in row:
            assert row["status"] == "已关闭"
            assert row["reported_date"] == row["done_date"]
            assert all(final)
        else:
            assert recent <= row["progress_date"] <= CHECK_DATE
            assert row["status"] == "处理中" or row["expected_date"] > CHECK_DATE
            assert not related or not all(final)


def test_improvement_requests_obey_the_order_of_issue(facts: Facts) -> None:
    manager = next(r["holder"] for _, r in facts.rows("roles") if r["role"] == "售前经理")
    hours: Counter[str] = Counter()
    issued = defaultdict(list)
    for path, values in facts.forms("improvement"):
        project = values["project_id"]
        lines = facts.contents[path][1].tables["improvement_hours"]
        hours[project] += sum(line["hours"] for line in lines)
        _demand_in_order(
            values, "issue_date", "receive_date", "delivery_date", "verify_date", "close_date"
        )
        if "issue_date" not in values:
            continue
        day = values["issue_date"]
        assert day >= facts.projects[project]["charter_date"]
        assert values["responsible_presales"] == facts.first(project, day)
        assert values["account_sales"] == facts.sales(project, day)
        if "withdraw_date" in values:
            assert "receive_date" not in values
            continue
        issued[project].append((day, values["ordinal"]))
        if values["ordinal"] <= 2:
            assert values["issuer"] == values["responsible_presales"]
            assert values["sales_talk_date"] <= day
        else:
            assert values["issuer"] == values["meeting_manager"] == manager
            for who in ("sales", "presales", "manager"):
                assert values[f"meeting_{who}_date"] <= day
        if "delivery_date" in values:
            assert values["net_hours"] > 0
            dates = [line["work_date"] for line in lines]
            assert values["receive_date"] <= min(dates) <= max(dates) <= values["delivery_date"]
    assert all(total <= 32 for total in hours.values())
    for forms in issued.values():
        assert [n for _, n in sorted(forms)] == list(range(1, len(forms) + 1))


def test_fault_orders_run_as_the_regulation_wants(facts: Facts) -> None:
    holders = {row["role"]: row["holder"] for _, row in facts.rows("roles")}
    bugs = {row["bug_id"]: row for _, row in facts.rows("bugs")}
    requests = {values["number"]: values for _, values in facts.forms("improvement")}
    for path, values in facts.forms("fault"):
        attempts = facts.contents[path][1].tables["fault_attempts"]
        times = [a["attempt_time"] for a in attempts]
        if values["basis"] == "三次未解决":
            assert len({a["measure"] for a in attempts}) == 3
            assert {a["outcome"] for a in attempts} == {"未解决"}
            pairs = pairwise(times)
            assert all(b - a >= timedelta(minutes=30) for a, b in pairs)
            assert times[-1].date() <= values["propose_date"]
        assert values["consent_person"] == holders["售前经理"]
        assert values["submit_to"] == holders["研发经理"]
        _demand_in_order(
            values, "propose_date", "consent_date", "submit_date", "receive_date",
            "decision_date", "solved_date", "close_request_date", "confirm_date", "close_date",
        )  # fmt: skip
        assert bugs[values["bug_id"][0]]["fault_ref"] == (values["number"],)
        limit = facts.later(values["submit_date"], 2)
        assert values.get("decision_date", CHECK_DATE) <= limit
        if values.get("decision") == "驳回":
            assert values["advice"]
        elif "decision" in values:
            assert values["assigner"] == holders["研发经理"]
            assert values["estimate_date"] <= values["required_date"]
        if "close_date" in values:
            assert values["confirm_person"] == values["proposer"]
            assert values["close_date"] <= facts.later(values["propose_date"], 5)
        if "convert_ref" in values:
            request = requests[values["convert_ref"]]
            assert request["origin_ref"] == (values["number"],)
            assert values["proposer_opinion"]


def test_versions_are_released_before_they_are_used(facts: Facts) -> None:
    released = {(r["product"], r["version"]): r["release_date"] for _, r in facts.rows("releases")}
    for values in facts.projects.values():
        assert released[values["product"], values["version"]] <= values["apply_date"]
    for _, row in facts.rows("tracking"):
        if "version" in row:
            assert row["version"] == facts.projects[facts.project_of(row)]["version"]


def _demand_in_order(record: dict[str, object], *fields: str) -> None:
    days = [record[field] for field in fields if record.get(field)]
    assert days == sorted(days), {field: record.get(field) for field in fields}  # type: ignore[type-var]
