/**
 * Address of the public repository, empty until a person has registered one. No other file states an address: the
 * names that a stranger could register are not ours.
 */
export const home: string = '';

/** Recipients of a report on a fault of the program. */
export const recipients = home === '' ? 'to the maintainers of your copy' : `at ${home}/issues`;
