/** The wishes of a placement, folded away until somebody has one. */
import type { PageWishes } from '#protocol';
import { createSelect, type Select } from './controls';
import { createList, element, setText, type View } from './dom';
import { chosenId, type Machine, type WishField, wishesText, wishFields, withWish } from './wish-words';

export interface WishListed {
  readonly wishes: PageWishes;
  /** That a model can be placed on. */
  readonly machines: readonly Machine[];
}

export interface WishList extends View<WishListed> {
  fold(): void;
}

interface ShownField {
  readonly field: WishField;
  readonly wishes: PageWishes;
}

/** Of what is wished for by then: more may have been chosen since the page was painted. */
export type ChangeWishes = (wishes: PageWishes) => PageWishes;

export function createWishList(choose: (change: ChangeWishes) => void): WishList {
  const text = element('span', 'label');
  const fields = createList(
    element('div', 'fields'),
    ({ field }: ShownField) => field.wish,
    () => createField(choose),
  );
  const root = element('details', 'wishes', element('summary', '', 'Other wishes ', text), fields.root);
  return {
    root,
    fold() {
      root.open = false;
    },
    update({ wishes, machines }) {
      const all = wishFields(machines);
      setText(text, wishesText(all, wishes));
      fields.update(all.map((field) => ({ field, wishes })));
    },
  };
}

function createField(choose: (change: ChangeWishes) => void): View<ShownField> {
  const root = element('div', '');
  let made: Select | null = null;
  let asked: WishField | null = null;
  return {
    root,
    update({ field, wishes }) {
      asked = field;
      if (!made) {
        made = createSelect(field.label, field.usual, (id) => {
          choose((now) => (asked ? withWish(now, asked, id) : now));
        });
        root.append(made.root);
      }
      made.update({ choices: field.options, chosen: chosenId(field, wishes) });
    },
  };
}
