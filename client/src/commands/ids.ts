/** The ids of the commands, as in the manifest. */
export const commandIds = {
  place: 'vramesh.place',
  unplace: 'vramesh.unplace',
  download: 'vramesh.download',
  deleteModel: 'vramesh.deleteModel',
  toggleCompletions: 'vramesh.toggleCompletions',
  toggleLanguage: 'vramesh.toggleLanguage',
  snooze: 'vramesh.snooze',
  endSnooze: 'vramesh.endSnooze',
  whyNoCompletion: 'vramesh.whyNoCompletion',
  openSettings: 'vramesh.openSettings',
  openWalkthrough: 'vramesh.openWalkthrough',
  invite: 'vramesh.invite',
  join: 'vramesh.join',
  removeMachine: 'vramesh.removeMachine',
  leave: 'vramesh.leave',
  showLog: 'vramesh.showLog',
  restartHost: 'vramesh.restartHost',
  diagnose: 'vramesh.diagnose',
  showTopology: 'vramesh.showTopology',
  /** Of the tree; not in the palette. */
  placeHere: 'vramesh.placeHere',
  copyId: 'vramesh.copyId',
  /** The menus of the status items; not in the palette. */
  gpuMenu: 'vramesh.gpuMenu',
  modelMenu: 'vramesh.modelMenu',
} as const;
