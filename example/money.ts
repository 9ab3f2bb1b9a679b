export interface Money {
  cents: number;
  currency: string;
}

/** Money as people write it: 12.50 EUR. */
export function format(money: Money): string {
  const whole = Math.floor(money.cents / 100);
  const rest = String(money.cents % 100).padStart(2, '0');
  return `${whole}.${rest} ${money.currency}`;
}

export function add(a: Money, b: Money): Money {
  return { cents: a.cents + b.cents, currency: a.currency };
}
