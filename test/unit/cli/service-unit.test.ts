import assert from 'node:assert/strict';
import { serviceUnit } from '../../../server/src/cli/service-unit';

describe('the systemd unit', () => {
  it('starts this program, with the variables of VRAMesh, after a fault too', () => {
    const unit = serviceUnit({
      node: '/usr/bin/node',
      program: '/opt/vramesh/dist/vramesh.js',
      options: [],
      environment: { VRAMESH_HOME: '/data/vm' },
    });
    for (const line of [
      'ExecStart="/usr/bin/node" "/opt/vramesh/dist/vramesh.js" serve',
      'Environment="VRAMESH_HOME=/data/vm"',
      'Restart=on-failure',
      'WantedBy=default.target',
    ])
      assert.ok(unit.split('\n').includes(line), line);
  });

  it('quotes what systemd would read otherwise', () => {
    const unit = serviceUnit({
      node: '/o p/node',
      program: '/a"b\\c$d%e.js',
      options: ['--http-listen', '[::]:52416', '--http-origin', 'https://x$%.example'],
      environment: { VRAMESH_X: 'a\nb$c%' },
    });
    assert.match(
      unit,
      /^ExecStart="\/o p\/node" "\/a\\"b\\\\c\$\$d%%e\.js" serve "--http-listen" "\[::\]:52416" "--http-origin" "https:\/\/x\$\$%%\.example"$/m,
    );
    assert.match(unit, /^Environment="VRAMESH_X=a\\nb\$c%%"$/m);
  });
});
