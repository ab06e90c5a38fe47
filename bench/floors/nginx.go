//go:build linux

package floors

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"partykit/bench/target"
)

// Nginx serves one file, which is as large as a page: what a web server takes
// that does nothing for it.
func Nginx(body []byte) *target.System {
	return &target.System{
		Name:  "nginx",
		About: "nginx with one process and a static file of the same size",
		Prepare: func(context.Context, string) error {
			_, err := exec.LookPath("nginx")
			return err
		},
		Command: func(_, dir, addr string) *exec.Cmd {
			config := filepath.Join(dir, "nginx.conf")
			// What cannot be written, nginx says it cannot read.
			_ = os.WriteFile(filepath.Join(dir, "page"), body, 0o600)
			_ = os.WriteFile(config, fmt.Appendf(nil, nginxConfig, dir, addr), 0o600)
			return exec.Command("nginx", "-p", dir, "-e", "stderr", "-c", config)
		},
	}
}

const nginxConfig = `daemon off;
master_process off;
error_log stderr;
pid %[1]s/pid;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	open_file_cache max=16;
	default_type "text/html; charset=utf-8";
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen %[2]s;
		root %[1]s;
	}
}
`
