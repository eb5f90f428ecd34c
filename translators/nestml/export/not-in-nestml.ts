/** A construct that NESTML cannot express; the message is a reason for the report. */
export class NotInNestml extends Error {
  override readonly name = 'NotInNestml';
}
