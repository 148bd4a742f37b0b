/** A time as AWS's JSON protocol writes it. */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}
