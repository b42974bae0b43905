/** A `<real>`: a double that must stay a real when it is written again, even if it is 1.0, infinite or not a number. */
export class PlistReal {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}
