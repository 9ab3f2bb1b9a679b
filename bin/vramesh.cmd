@rem The command line, in the terminals of an editor: run by the editor's own Node, whatever else is installed.
@setlocal
@set ELECTRON_RUN_AS_NODE=1
@"%VRAMESH_NODE%" "%~dp0..\dist\vramesh.js" %*
