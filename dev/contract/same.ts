/** The same with nothing that is only to be read: a schema cannot say that. */
type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

/** The same with every field there, so that one more that may be absent is a difference. */
type Complete<T> = T extends object ? { [Key in keyof T]-?: Complete<T[Key]> } : T;

type Assignable<One, Other> = [One, Other] extends [Other, One] ? true : never;

/** Holds at compile time that a schema's type is the type that the code uses, field by field. */
export function same<Ours, Schemas>(
  holds: Assignable<Writable<Ours>, Schemas> & Assignable<Complete<Writable<Ours>>, Complete<Schemas>>,
): true {
  return holds;
}
