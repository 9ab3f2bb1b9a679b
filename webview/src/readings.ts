/** Readings side by side: a small label, the value below it. */
import { createList, element, setAttribute, setText, type View } from './dom';
import type { Reading } from './gpu-words';

export function createReadings(): View<readonly Reading[]> {
  return createList(element('dl', 'readings'), ({ label }) => label, createReading);
}

function createReading(): View<Reading> {
  const label = element('dt', 'label');
  const value = element('dd', '');
  return {
    root: element('div', '', label, value),
    update(reading) {
      setText(label, reading.label);
      setText(value, reading.value);
      setAttribute(value, 'class', reading.warning ? 'value warning' : 'value');
    },
  };
}
