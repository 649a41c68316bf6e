#!/bin/sh
# Tells the desktop what a .kernelscope file is, so that a double click on one opens the app.
set -e
if [ "$1" = configure ]; then
  mkdir -p /usr/share/mime/packages
  cp /usr/lib/kernelscope/resources/resources/linux/mime.xml /usr/share/mime/packages/kernelscope.xml
  if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime; fi
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q; fi
fi
