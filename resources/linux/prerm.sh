#!/bin/sh
set -e
if [ "$1" = remove ]; then
  rm -f /usr/share/mime/packages/kernelscope.xml
  if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime; fi
fi
