declare const brand: unique symbol;

/** A type that only its own parser makes (`Domain`, `Uid`, `QueueId`, …). */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
