/** What the interface says of tabs and panes. */
export const workspaceCopy = {
  tabs: 'Tabs',
  newTab: 'New tab',
  untitled: 'New tab',
  closeTab: 'Close the tab',
  tabKeys: 'Delete closes it, F2 renames it',
  closeTabKeys: 'Alt+W, Delete, or a middle click',
  newTabKeys: 'Alt+N',
  reopenTab: 'Reopen the closed tab',
  renameTab: 'Rename the tab',
  tabName: 'Name of the tab',
  nextTab: 'Next tab',
  previousTab: 'Previous tab',
  moveTabRight: 'Move the tab to the right',
  moveTabLeft: 'Move the tab to the left',
  resizeSide: 'Width of the side panel',
  resizeStatement: 'Height of the statement',
} as const;
