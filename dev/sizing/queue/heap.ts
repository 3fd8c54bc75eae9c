/** What is due at a time; of two at the same time the earlier begun comes first. */
interface Due<Item> {
  at: number;
  order: number;
  item: Item;
}

/** Items in the order of the times at which they are due. */
export class Agenda<Item> {
  readonly #heap: Due<Item>[] = [];
  #added = 0;

  /** Adds what is due at a time. */
  add(at: number, item: Item): void {
    const heap = this.#heap;
    const due = { at, order: (this.#added += 1), item };
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, due)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = due;
  }

  /** Takes what is due next; undefined: nothing is. */
  next(): { at: number; item: Item } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below && right && isBefore(right, below)) [child, below] = [child + 1, right];
      if (!below || isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Due<unknown>, other: Due<unknown>): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
