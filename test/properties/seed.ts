/** Every run tries the same cases, unless it is asked for others. A failure prints it. */
export const seed = Number(process.env.PROPERTY_SEED ?? 20261124);
