/** Files that hold keys and passwords, told by their names alone. Their text never enters a prompt. */

/** Written as file names; `*` stands for anything. Case does not matter. */
const SECRET_FILES = [
  ...['.env', '.env.*', '*.env', '.envrc', '*.tfvars', '*.tfstate', '.vault-token'],
  ...['*.pem', '*.key', '*.p8', '*.p12', '*.pfx', '*.ppk', '*.jks', '*.keystore', '*.kdb', '*.kdbx'],
  ...['id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*'],
  ...['.npmrc', '.pypirc', '.netrc', '_netrc', '.pgpass', '.htpasswd', '.git-credentials', '.dockercfg'],
  ...['credentials*', '.credentials*', 'secrets.*', '.secrets*', 'service-account*.json'],
];
/** Made to be shared. */
const OPEN_FILES = ['.env.example', '.env.sample', '.env.template', '.env.dist', '*.pub'];
/** Nothing below these folders is for a prompt. */
const SECRET_FOLDERS = ['.ssh', '.gnupg', '.aws', '.azure', '.kube'];

const secretFile = anyOf(SECRET_FILES);
const openFile = anyOf(OPEN_FILES);
const secretFolder = anyOf(SECRET_FOLDERS);

/** @param path with `/` or `\`, absolute or not; only its names are looked at. */
export function looksSecret(path: string): boolean {
  const folders = path.split(/[/\\]/);
  const name = folders.pop() ?? '';
  if (folders.some((folder) => secretFolder.test(folder))) return true;
  return secretFile.test(name) && !openFile.test(name);
}

function anyOf(names: readonly string[]): RegExp {
  const patterns = names.map((name) => name.replaceAll('.', '\\.').replaceAll('*', '.*'));
  return new RegExp(`^(?:${patterns.join('|')})$`, 'is');
}
