// What may have happened to a body, a secret or a header on its way to the check.

/** What is wrong, and what to do about it. */
export interface Accident {
  readonly message: string
  readonly remedy: string
}

/** Something that may have been signed, or signed with, in place of what is at hand; no accident for the thing itself. */
export interface Guess {
  readonly bytes: Buffer
  readonly accident: Accident | null
}
