import assert from 'node:assert/strict';
import { gpuSchema } from '#protocol';
import { readDrmGpus } from '../../../server/src/telemetry/drm';
import { createTree } from '../../support/tree';

const card = 'sys/class/drm/card1/device';
const radeon = {
  [`${card}/vendor`]: '0x1002\n',
  [`${card}/device`]: '0x744c\n',
  [`${card}/uevent`]: 'DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n',
  [`${card}/unique_id`]: '5c88a3c9f2f1a3b4\n',
  [`${card}/power/runtime_status`]: 'active\n',
  [`${card}/mem_info_vram_total`]: '25753026560\n',
  [`${card}/mem_info_vram_used`]: '1753026560\n',
  [`${card}/gpu_busy_percent`]: '17\n',
  [`${card}/hwmon/hwmon4/temp1_input`]: '54000\n',
  [`${card}/hwmon/hwmon4/power1_average`]: '62500000\n',
  [`${card}/hwmon/hwmon4/power1_cap`]: '303000000\n',
};

describe('GPUs in /sys/class/drm', () => {
  function read(files: Record<string, string>) {
    const tree = createTree(files);
    try {
      return readDrmGpus(tree.root);
    } finally {
      tree.remove();
    }
  }

  it('reads an AMD GPU', () => {
    const [gpu] = read(radeon);
    assert.ok(gpu);
    const { name, vendor, source, status, pci_bus_id, uuid } = gpu;
    assert.deepEqual(
      { name, vendor, source, status, pci_bus_id, uuid },
      {
        name: 'AMD GPU 0x744c',
        vendor: 'amd',
        source: 'drm',
        status: 'ok',
        pci_bus_id: '0000:03:00.0',
        uuid: '5c88a3c9f2f1a3b4',
      },
    );
    const { vram_total, vram_used, vram_free, gpu_usage, temp, power_watts, power_limit_watts } = gpu;
    assert.deepEqual(
      { vram_total, vram_used, vram_free, gpu_usage, temp, power_watts, power_limit_watts },
      {
        vram_total: 25_753_026_560,
        vram_used: 1_753_026_560,
        vram_free: 24_000_000_000,
        gpu_usage: 17,
        temp: 54,
        power_watts: 62.5,
        power_limit_watts: 303,
      },
    );
    gpuSchema.parse({ index: 0, ...gpu });
  });

  it('prefers the product name where the board reports one', () => {
    assert.equal(
      read({ ...radeon, [`${card}/product_name`]: 'AMD Radeon PRO W7900\n' })[0]?.name,
      'AMD Radeon PRO W7900',
    );
  });

  it('leaves a sleeping GPU alone', () => {
    const [gpu] = read({ ...radeon, [`${card}/power/runtime_status`]: 'suspended\n' });
    assert.equal(gpu?.status, 'asleep');
    assert.equal(gpu?.vram_total, null);
    assert.equal(gpu?.temp, null);
  });

  const rubbish: [what: string, files: Record<string, string>][] = [
    ['a busy percentage over 100', { [`${card}/gpu_busy_percent`]: '255\n' }],
    ['an empty busy percentage', { [`${card}/gpu_busy_percent`]: '' }],
    ['text for a busy percentage', { [`${card}/gpu_busy_percent`]: 'busy\n' }],
  ];
  for (const [what, files] of rubbish) {
    it(`knows nothing from ${what}`, () => {
      const [gpu] = read({ ...radeon, ...files });
      assert.equal(gpu?.gpu_usage, null);
      assert.equal(gpu?.vram_total, 25_753_026_560);
    });
  }

  const others: [what: string, files: Record<string, string>][] = [
    ['an Intel GPU that reports no VRAM', { [`${card}/vendor`]: '0x8086\n', [`${card}/device`]: '0x46a6\n' }],
    ['an NVIDIA GPU, which NVML reports', { ...radeon, [`${card}/vendor`]: '0x10de\n' }],
    ['a monitor', { 'sys/class/drm/card1-HDMI-A-1/device/mem_info_vram_total': '1\n' }],
    ['no graphics at all', {}],
  ];
  for (const [what, files] of others) {
    it(`lists nothing for ${what}`, () => assert.deepEqual(read(files), []));
  }
});
