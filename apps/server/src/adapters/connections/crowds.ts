/**
 * Members in groups, each in the order in which they came. The oldest member of the largest group is found without a search,
 * however many groups there are.
 */
export class Crowds<Member> {
  readonly #members = new Map<string, Set<Member>>();
  /** Names of the groups by their size. */
  readonly #bySize: Set<string>[] = [];
  #greatest = 0;

  add(crowd: string, member: Member): void {
    const members = this.#members.get(crowd) ?? new Set<Member>();
    this.#members.set(crowd, members);
    const before = members.size;
    members.add(member);
    this.#resize(crowd, before, members.size);
  }

  remove(crowd: string, member: Member): void {
    const members = this.#members.get(crowd);
    if (members === undefined) return;
    const before = members.size;
    members.delete(member);
    if (members.size === 0) this.#members.delete(crowd);
    this.#resize(crowd, before, members.size);
  }

  of(crowd: string): Iterable<Member> {
    return this.#members.get(crowd) ?? [];
  }

  oldestOfGreatest(): Member | undefined {
    const [crowd] = this.#bySize[this.#greatest] ?? [];
    const [oldest] = crowd === undefined ? [] : (this.#members.get(crowd) ?? []);
    return oldest;
  }

  #resize(crowd: string, before: number, after: number): void {
    if (before === after) return;
    this.#bySize[before]?.delete(crowd);
    if (after > 0) {
      this.#bySize[after] ??= new Set();
      this.#bySize[after].add(crowd);
    }
    this.#greatest = Math.max(this.#greatest, after);
    while (this.#greatest > 0 && (this.#bySize[this.#greatest]?.size ?? 0) === 0) this.#greatest -= 1;
  }
}
