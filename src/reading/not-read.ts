/** Why a run could not be read from its history, in words that stand alone. */
export class NotReadError extends Error {}
