/**
 * The language of this window's texts. It is imported before everything else: texts that are made while a file is loaded
 * are in it, too. Texts come from `@vscode/l10n`, which speaks English where nobody has told it anything, as in tests.
 */
import { config } from '@vscode/l10n';
import { l10n } from 'vscode';

if (l10n.bundle) config({ contents: l10n.bundle });
