# shellcheck shell=bash
# A private sshd on loopback: its own host key, one key that may log in, as the current user only.

sshd_dir='' sshd_pid='' sshd_port=''

# start_sshd FOLDER [ALIASES]: makes keys there once, starts sshd on a free port of 127.0.0.1, and of so
# many addresses from 127.0.1.1 on; it takes 15 at most.
start_sshd() {
  sshd_dir=$1
  mkdir -p "$sshd_dir"
  chmod 700 "$sshd_dir"
  [[ -e $sshd_dir/host_key ]] || ssh-keygen -q -t ed25519 -N '' -C host -f "$sshd_dir/host_key"
  [[ -e $sshd_dir/user_key ]] || ssh-keygen -q -t ed25519 -N '' -C user -f "$sshd_dir/user_key"
  cp "$sshd_dir/user_key.pub" "$sshd_dir/authorized_keys"
  # sshd refuses to start as root without this folder, which the system's own unit makes.
  if is_root; then mkdir -p /run/sshd; fi
  sshd_port=$(free_port)
  cat >"$sshd_dir/sshd_config" <<-END
		ListenAddress 127.0.0.1:$sshd_port
		HostKey "$sshd_dir/host_key"
		AuthorizedKeysFile "$sshd_dir/authorized_keys"
		AllowUsers $(id -un)
		PermitRootLogin prohibit-password
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		AllowTcpForwarding no
		X11Forwarding no
		StrictModes no
		UsePAM no
		PrintMotd no
		PidFile none
		MaxStartups 100
		Subsystem sftp internal-sftp
	END
  local number
  for ((number = 1; number <= ${2:-0}; number++)); do
    say "ListenAddress 127.0.1.$number:$sshd_port" >>"$sshd_dir/sshd_config"
  done
  # The rest of the script must not wait for sshd, nor hold its lock.
  "$(command -v sshd)" -D -e -f "$sshd_dir/sshd_config" >"$sshd_dir/sshd.log" 2>&1 9>&- </dev/null &
  sshd_pid=$!
  say "$sshd_pid" >"$sshd_dir/sshd.pid"
  await 10 port_open "$sshd_port" || fail "the private sshd did not start." "$(tail -n 3 "$sshd_dir/sshd.log")"
}

# Ends it and the sessions that it still has.
stop_sshd() {
  local pid
  [[ -n $sshd_pid ]] || return 0
  for pid in $(pgrep -P "$sshd_pid") "$sshd_pid"; do kill "$pid" 2>/dev/null || true; done
  wait "$sshd_pid" 2>/dev/null || true
  sshd_pid=
}

host_key_fingerprint() { ssh-keygen -lf "$sshd_dir/host_key.pub" | cut -d' ' -f2; }
