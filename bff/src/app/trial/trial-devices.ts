/** One trial device: an ID in the platform's own domain and the profile of its simulator. */
export interface TrialDevice {
  readonly gbId: string;
  readonly profile: 'ipc' | 'nvr';
  readonly name: string;
  /** Edition of GB/T 28181 that it knows. */
  readonly edition: '2016' | '2022';
}

/** A dome camera of 2022 and a recorder of 2016 with four cameras (GB/T 28181 annex D: 132 IPC, 118 NVR). */
export function trialDevices(sipId: string): readonly TrialDevice[] {
  const region = sipId.slice(0, 10);
  return [
    { gbId: `${region}1320009001`, profile: 'ipc', name: '试用球机', edition: '2022' },
    { gbId: `${region}1180009002`, profile: 'nvr', name: '试用录像机', edition: '2016' },
  ];
}
