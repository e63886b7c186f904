@echo off
rem The command line of the packaged app: its own binary serves as Node.
setlocal
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\..\SQL Codegen Studio.exe" "%~dp0..\app.asar\dist\electron\sqlcodegen.js" %*
endlocal & exit /b %ERRORLEVEL%
