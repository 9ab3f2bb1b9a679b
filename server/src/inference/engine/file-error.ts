/** The model file cannot be used. The message is for the user: what is wrong with it, and what to do. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}
