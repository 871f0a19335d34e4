interface Node<T> {
  readonly next: Map<number, Node<T>>;
  /** Whose boundary ends here, innermost last. */
  readonly owners: T[];
  /** Boundaries that go through here. */
  uses: number;
}

/**
 * The open boundaries of nested multiparts, looked up in one walk along a line: sixty boundaries with a long common
 * beginning cost a hostile message no more than one.
 */
export class BoundarySet<T> {
  #root: Node<T> = newNode();

  get isEmpty(): boolean {
    return this.#root.uses === 0;
  }

  add(boundary: string, owner: T): void {
    let node = this.#root;
    node.uses += 1;
    for (let i = 0; i < boundary.length; i += 1) {
      const c = boundary.charCodeAt(i);
      const next = node.next.get(c) ?? newNode<T>();
      node.next.set(c, next);
      next.uses += 1;
      node = next;
    }
    node.owners.push(owner);
  }

  /** Must have been added. */
  remove(boundary: string, owner: T): void {
    let node = this.#root;
    node.uses -= 1;
    for (let i = 0; i < boundary.length; i += 1) {
      const c = boundary.charCodeAt(i);
      const next = node.next.get(c);
      if (next === undefined) return;
      next.uses -= 1;
      if (next.uses === 0) {
        node.next.delete(c);
        return;
      }
      node = next;
    }
    node.owners.splice(node.owners.lastIndexOf(owner), 1);
  }

  clear(): void {
    this.#root = newNode();
  }

  /** The longest boundary that the text has at `at`, of equal ones the innermost (RFC 2046 §5.1.1). */
  longestAt(text: string, at: number): { readonly owner: T; readonly length: number } | undefined {
    let node: Node<T> | undefined = this.#root;
    let found: { readonly owner: T; readonly length: number } | undefined;
    for (let i = at; i < text.length; i += 1) {
      node = node.next.get(text.charCodeAt(i));
      if (node === undefined) break;
      const owner = node.owners.at(-1);
      if (owner !== undefined) found = { owner, length: i + 1 - at };
    }
    return found;
  }
}

function newNode<T>(): Node<T> {
  return { next: new Map(), owners: [], uses: 0 };
}
