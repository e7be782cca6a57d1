#!/bin/sh
# Consolidate: give it a department folder, or a workbook in it; without one it takes its own folder.
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$here}
python=${TOOLKIT_PYTHON:-python3}
"$python" -m toolkit consolidate "$target"
code=$?
# keep the window open when somebody double-clicked it
if [ -t 0 ]; then
    printf '\n按回车键关闭。'
    read -r _
fi
exit "$code"
