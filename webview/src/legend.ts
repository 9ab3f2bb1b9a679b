/** What the patterns of the bars mean, for who sees them first. */
import { element } from './dom';
import { order, type PartKind, partNames } from './memory';

const meanings: Record<PartKind, string> = {
  weights: 'the layers of placed models',
  kv: 'what models remember of their prompts',
  buffers: 'what models compute in, and the driver’s share of their process',
  others: 'what is in use and is not ours',
  driver: 'what the driver keeps for itself',
  leased: 'kept for a model that is loading, or may come back',
  planned: 'what the placement that is looked at would take',
  free: 'what can still be used',
};

export function createLegend(): HTMLElement {
  const entries = order.map((kind) => {
    const swatch = element('span', `swatch ${kind}`);
    swatch.setAttribute('aria-hidden', 'true');
    return element(
      'li',
      '',
      swatch,
      element('span', '', element('b', '', partNames[kind]), ` ${meanings[kind]}`),
    );
  });
  return element('section', 'legend', element('h2', '', 'What the bars show'), element('ul', '', ...entries));
}
