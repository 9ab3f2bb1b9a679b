/** Which documents may be shown to a model, and which may enter the prompt of another document. */
import { looksSecret } from './completion';
import { documentPath } from './document-path';
import { createGitIgnore } from './gitignore';

export interface PrivateFiles {
  /** Why a document is not completed; null: it may be. */
  refused(uri: string): string | null;
  /** Whether pieces of it may enter other documents' prompts. Never rejects. */
  mayEnter(uri: string): Promise<boolean>;
}

export function createPrivateFiles(): PrivateFiles {
  const git = createGitIgnore({ now: Date.now, env: process.env });

  async function mayEnter(uri: string): Promise<boolean> {
    const { kind, path } = documentPath(uri);
    if (kind === 'elsewhere' || looksSecret(path)) return false;
    return kind === 'untitled' || !(await git.ignores(path));
  }

  function refused(uri: string): string | null {
    const isSecret = looksSecret(documentPath(uri).path);
    return isSecret ? 'files of this name often hold secrets, and no model sees them' : null;
  }

  return { refused, mayEnter };
}
