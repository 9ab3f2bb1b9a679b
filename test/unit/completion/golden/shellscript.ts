import type { Golden } from './notation';

export const shellscript: readonly Golden[] = [
  {
    name: 'a conditional',
    shows: 'if [ -f a ]; then├\n  rm a\nfi┤\necho done\n',
    writes: '\n  rm a\nfi\necho done\n',
  },
  {
    name: 'a conditional that is closed already',
    shows: 'if [ -f a ]; then├\n  rm a┤\nfi\n',
    writes: '\n  rm a\nfi\n',
  },
  {
    name: 'a model that goes round in circles',
    shows: '├echo a┤\n',
    writes: 'echo a\necho a\necho a\necho a\n',
  },
  {
    name: 'a case, whose bracket needs no partner',
    shows: 'case $1 in\n  ├start) run ;;┤\nesac\n',
    writes: 'start) run ;;\nesac\n',
  },
  {
    name: 'a command in brackets and quotes that the editor closed',
    shows: 'echo "$(├date) now" >&2┤⟦)"⟧\n',
    writes: 'date) now" >&2\n',
  },
  {
    name: 'tabs, where the model has learned blanks',
    shows: 'f() {\n\ta\n}\n\nfor x in *; do├\n\tif y; then\n\t\tz\n\tfi\ndone┤\n',
    writes: '\n  if y; then\n    z\n  fi\ndone\n',
  },
];
