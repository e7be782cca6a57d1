@echo off
rem Check: drop a department folder, or a workbook in it, onto this file.
rem Opened by a double click it takes the folder in which it lies.
rem Kept in ASCII: Windows reads it before the code page is set. Python speaks Chinese.
setlocal
chcp 65001 >nul
set "PYTHONUTF8=1"
set "TARGET=%~1"
if not defined TARGET set "TARGET=%~dp0."
rem pushd gives a network folder (\\server\share) a drive letter of its own
pushd "%~dp0"
if defined TOOLKIT_PYTHON goto own
py -3 -m toolkit check "%TARGET%"
goto done
:own
"%TOOLKIT_PYTHON%" -m toolkit check "%TARGET%"
:done
popd
echo.
pause
