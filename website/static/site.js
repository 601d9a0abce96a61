// Search shows a summary of each page that it found, which it fetches. A browser refuses that for
// pages opened as files, with an error for each; the titles are found without it.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
