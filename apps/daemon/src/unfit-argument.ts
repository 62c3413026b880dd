/** What was asked for on the command line is not there, or is not what it would have to be. The message is a whole sentence for the user. */
export class UnfitArgument extends Error {
  override readonly name = 'UnfitArgument';
}
