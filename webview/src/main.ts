/** The topology page: one bundle for a panel and a view of VS Code and for the page that the host serves. */
import { registerControls } from './controls';
import { openHttpConnection } from './http-connection';
import { startPage } from './page';
import { openVscodeConnection } from './vscode-connection';
import './styles';

registerControls();
const connection =
  typeof acquireVsCodeApi === 'function' ? openVscodeConnection(acquireVsCodeApi()) : openHttpConnection();
document.body.append(startPage(connection));
