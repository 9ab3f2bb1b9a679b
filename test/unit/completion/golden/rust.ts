import type { Golden } from './notation';

export const rust: readonly Golden[] = [
  {
    name: 'a match, up to the brace that is there',
    shows: 'match x {\n    ├Some(v) => v,\n    None => 0,┤\n}\n',
    writes: 'Some(v) => v,\n    None => 0,\n}\n\nfn main() {}\n',
  },
  {
    name: 'a method with brackets of its own',
    shows: 'let v = f(├g(x).unwrap()┤);\n',
    writes: 'g(x).unwrap());\nlet w',
  },
  {
    name: 'lifetimes, which are no strings',
    shows: "fn first├<'a>(x: &'a str) -> &'a str {┤\n}\n",
    writes: "<'a>(x: &'a str) -> &'a str {\n",
  },
  {
    name: 'a block behind a bracket that the editor closed',
    shows: 'while let Some(├x) = stack.pop() {┤⟦)⟧\n',
    writes: 'x) = stack.pop() {\n',
  },
  {
    name: 'a question mark behind a bracket that the editor closed',
    shows: 'let text = read(├path)?┤⟦)⟧;\n',
    writes: 'path)?;\n',
  },
  {
    name: 'a block, with the model’s own tokens behind it',
    shows: 'fn two() -> i32 {├\n    2\n}┤\n',
    writes: '\n    2\n}<|fim_pad|>\n\nfn three()',
  },
  {
    name: 'nothing for the line below',
    shows: 'use std::fs;\n├┤\nuse std::path;\n',
    writes: 'use std::path;\n',
  },
  {
    name: 'no bracket too many',
    shows: 'let v = Some(vec![├1, 2])┤;\n',
    writes: '1, 2]));\n',
  },
];
