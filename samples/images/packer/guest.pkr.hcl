# Debian's cloud image with the agent, built under QEMU by Packer.
#   packer plugins install github.com/hashicorp/qemu      (Packer 1.7 and later)
#   packer build -var package=artifacts/packages/guest-agent_0.1.0_amd64.deb samples/images/packer
variable "package" {
  type        = string
  description = "The agent's .deb, of make package."
}

variable "image" {
  type    = string
  default = "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2"
}

variable "checksum" {
  type    = string
  default = "file:https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS"
}

source "qemu" "guest" {
  iso_url      = var.image
  iso_checksum = var.checksum
  disk_image   = true
  format       = "qcow2"
  headless     = true
  memory       = 1024
  ssh_username = "debian"
  ssh_password = "debian"
  cd_files     = ["${path.root}/cloud-init/*"]
  cd_label     = "cidata"
  qemuargs = [
    ["-device", "virtio-serial"],
    ["-chardev", "socket,id=ga,path=guest.sock,server=on,wait=off"],
    ["-device", "virtserialport,chardev=ga,name=org.guestagent.0"],
  ]
  shutdown_command = "sudo systemctl poweroff"
}

build {
  sources = ["source.qemu.guest"]

  provisioner "file" {
    source      = var.package
    destination = "/tmp/guest-agent.deb"
  }

  provisioner "file" {
    source      = "${path.root}/../vsock.json"
    destination = "/tmp/vsock.json"
  }

  provisioner "shell" {
    inline = [
      "sudo apt-get update",
      "sudo apt-get install -y --no-install-recommends /tmp/guest-agent.deb",
      "sudo install -m 640 /tmp/vsock.json /etc/guest-agent/config.d/vsock.json",
      "sudo guest-agent --check",
      "rm /tmp/guest-agent.deb /tmp/vsock.json",
    ]
  }
}
