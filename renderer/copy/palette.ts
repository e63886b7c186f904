/** What the interface says of the command palette. */
export const paletteCopy = {
  title: 'Command palette',
  placeholder: 'What do you want to do?',
  nothing: 'No action is called so. Try another word.',
  open: 'Open the command palette',
  go: 'Go to',
  goTo: (page: string) => `Go to ${page}`,
  look: 'Look',
  theme: (name: string) => `Theme: ${name}`,
  help: 'Help',
} as const;
