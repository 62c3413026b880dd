/** What a person sees without scrolling, in a terminal as it comes. */
export const screenLines = 24;
