/** Sets of numbers from 0 that are joined and never parted. */
export class UnionFind {
  readonly #parents: number[] = [];

  /** A new number, in a set of its own. */
  add(): number {
    this.#parents.push(this.#parents.length);
    return this.#parents.length - 1;
  }

  find(member: number): number {
    let root = member;
    for (
      let parent = this.#parents[root];
      parent !== undefined && parent !== root;
      parent = this.#parents[root]
    ) {
      root = parent;
    }
    this.#parents[member] = root;
    return root;
  }

  /** Joins two sets; the least member stays the root. False where they were one already. */
  union(left: number, right: number): boolean {
    const [one, two] = [this.find(left), this.find(right)];
    if (one === two) return false;
    this.#parents[Math.max(one, two)] = Math.min(one, two);
    return true;
  }
}
