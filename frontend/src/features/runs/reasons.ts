/** Why a step or run did not succeed, in words. */

const WORDS: Record<string, string> = {
  exit_code: "the command ended with an exit code other than 0",
  timed_out: "it took longer than it may",
  canceled: "somebody canceled it",
  step_failed: "a step before it failed",
  target_failed: "a step before it failed on this target",
  unreachable: "the target cannot be reached",
  auth_failed: "the target refused the credential",
  auth_timeout: "the target did not answer the sign-in in time",
  host_key_unknown: "the host key of the target was never accepted",
  host_key_mismatch: "the target shows another host key than the accepted one",
  kex_failed: "both sides share no way to encrypt",
  not_ssh: "what answers at that port does not speak SSH",
  bad_key: "the stored key cannot be used",
  lost_connection: "the connection broke after the command was sent",
  lost_process: "the target restarted, or what waited there for the command was ended",
  never_started: "the target did not start the command",
  when: "its condition does not hold",
  done_before: "it was done in the run that this one repeats",
  bad_condition: "its condition cannot be judged",
  handed_over: "another executor goes on with it",
  compensation_failed: "not everything could be undone",
  max_failures: "too many targets failed",
  wave_failed: "a target that others need failed",
  lost_executor: "the executor was lost after the command was sent",
  executor_stopped: "the executor was stopped after the command was sent",
  credential_refused: "the credential was not released for this step",
  credential_missing: "the target has no credential",
  credential_unavailable: "the credential could not be read at that time",
  credential_unusable: "the credential cannot be used",
  credential_wrong_type: "the credential is of a type that does not fit",
  parameters_refused: "the secret parameters were not released for this step",
  parameters_unavailable: "the secret parameters could not be read at that time",
  job_failed: "the run of its job failed or was canceled",
  job_refused: "its job could not be started",
  job_running: "it waits for the run of its job",
  jobs_unavailable: "its job could not be started at that time",
  bad_step: "the step cannot be read",
  bad_parameters: "the parameters cannot be used",
  bad_command: "the command cannot be built",
  wrong_protocol: "the target speaks another protocol",
  not_available: "this version cannot do that yet",
  exists: "the file is there already, and may not be replaced",
  parent_missing: "the folder of the file does not exist",
  permission_denied: "the target does not permit it",
  become_failed: "the target does not let it work as the other user",
  file_missing: "the file does not exist",
  no_file: "what is at that path is no file",
  too_long: "the file is longer than the step may read",
  not_text: "the file is no text",
  http_status: "the answer has another status than expected",
  extract_failed: "the answer lacks what is to be taken from it",
  not_allowed: "the address may not be asked",
  waiting: "it waits",
  approval_needed: "somebody has to approve it",
  approval_timed_out: "nobody approved it in time",
  approved: "a person approved it",
  rejected: "a person rejected it",
  resolved: "a person decided",
  unknown: "nobody knows what became of a step",
};

/** The reason in words; one that is not known, as it is. */
export function inWords(reason: string, exitCode?: number | null): string {
  if (reason === "exit_code" && exitCode) return `the command ended with exit code ${exitCode}`;
  const signal = /^signal:(\w+)$/.exec(reason);
  return signal?.[1] ? `the command was ended by the signal ${signal[1]}` : (WORDS[reason] ?? reason.replaceAll("_", " "));
}

/** Begins a sentence. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
