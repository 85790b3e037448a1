/** A message that no further try will deliver: the next hop said a final no to this one recipient. */
export class Undeliverable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Undeliverable';
  }
}
