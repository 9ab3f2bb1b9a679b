import { format, type Money } from './money';

export interface Item {
  name: string;
  price: Money;
  count: number;
}

/** What all items cost together, in cents. */
export function total(items: Item[]): number {
  let sum = 0;
  for (const item of items) {
    sum += item.price.cents * item.count;
  }
  return sum;
}

/** The receipt: a line for every item, then the total. */
export function print(items: Item[]): void {
  // Type in the empty line, with a space at the end:  for (let i = 0;

  console.log('total', format({ cents: total(items), currency: 'EUR' }));
}
