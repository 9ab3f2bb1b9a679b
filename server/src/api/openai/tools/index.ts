/** Functions that a program offers to a model. */
export { type Said, said } from './said';
export { type ToolUse, toolUseOf } from './tool-use';
