import assert from 'node:assert/strict';
import { looksSecret } from '../../../../server/src/completion/context';

describe('completion context: names of secret files', () => {
  const secret = `
    .env .env.local .env.production .ENV prod.env .envrc server.pem Server.PEM tls.key id_rsa id_rsa.bak id_ed25519
    a.p12 a.pfx a.jks passwords.kdbx .npmrc .netrc _netrc .pypirc .pgpass .htpasswd .git-credentials credentials
    credentials.json Credentials.xml secrets.yml secrets.json .secrets.toml terraform.tfstate prod.tfvars
    service-account-prod.json /home/ada/.ssh/config /home/ada/.aws/config C:\\Users\\ada\\.ssh\\known_hosts
    deploy/.kube/config a/b/.env`
    .trim()
    .split(/\s+/);
  for (const path of secret) it(`${path} is one`, () => assert.equal(looksSecret(path), true));

  const open = `
    .env.example .env.sample .env.template .ENV.EXAMPLE id_rsa.pub environment.ts env.ts keyboard.ts monkey.ts key.ts
    secret.ts my-secrets.ts netrc.md tokens.css .gitignore pem.go src/.env.d/readme.md ssh/config`
    .trim()
    .split(/\s+/);
  for (const path of open) it(`${path} is none`, () => assert.equal(looksSecret(path), false));
});
