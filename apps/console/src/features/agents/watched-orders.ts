const watched = new Set<string>();
/** Orders that finished lately: the stream may be faster than the answer to the request that placed them. */
const finished: string[] = [];
const REMEMBERED = 64;

/** Asks to be told about this order; true when it has already finished. */
export const watchOrder = (orderId: string): boolean => {
  if (finished.includes(orderId)) return true;
  watched.add(orderId);
  return false;
};

/** An order has finished: true when somebody watches it. */
export const takeWatchedOrder = (orderId: string): boolean => {
  finished.push(orderId);
  if (finished.length > REMEMBERED) finished.shift();
  return watched.delete(orderId);
};
