/** The PCI devices as Linux shows them. Nothing here wakes a device: the kernel answers from memory. */
import path from 'node:path';
import { listFolder, readNumber, readText } from './sysfs';

const NVIDIA = '0x10de';
const DISPLAY_CLASS = '0x03';

const devices = (root: string) => path.join(root, 'sys/bus/pci/devices');

/** Bus ids ("0000:01:00.0") of the NVIDIA GPUs, sorted; null where the system does not list PCI devices. */
export function findNvidiaGpus(root: string): string[] | null {
  const all = listFolder(devices(root));
  if (all.length === 0) return null;
  return all.filter((busId) => {
    const device = path.join(devices(root), busId);
    return (
      readText(path.join(device, 'vendor')) === NVIDIA &&
      readText(path.join(device, 'class'))?.startsWith(DISPLAY_CLASS) === true
    );
  });
}

/** Whether the kernel has switched the device off to save power: any question to its driver would wake it. */
export function isAsleep(root: string, busId: string): boolean {
  return readText(path.join(devices(root), busId, 'power/runtime_status')) === 'suspended';
}

/** Whether this device does fall asleep when it is left alone: it has done so since the machine started. */
export function canSleep(root: string, busId: string): boolean {
  const power = path.join(devices(root), busId, 'power');
  return (
    readText(path.join(power, 'control')) === 'auto' &&
    (readNumber(path.join(power, 'runtime_suspended_time')) ?? 0) > 0
  );
}
