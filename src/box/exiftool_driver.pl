# Runs ExifTool's command for many files, each in a fork of its own, with ExifTool loaded once.
#
# usage: perl DRIVER FOLDER RECVMSG IDLE_SECONDS     (FOLDER holds `exiftool` and `lib/`)
#
# Descriptor 6 is a SOCK_SEQPACKET socket. A request is one message: fields that end with NUL, first
# the number of files, then their names, then the command's arguments; and as SCM_RIGHTS the
# descriptors of status, stdout, stderr and the files. The fork writes the command's exit status as
# decimal text to `status`; a fork that dies writes nothing.
#
# The driver itself never looks at a file. It is already locked (box/inside/sandbox.c); a fork
# cannot open the files of users, only read the descriptors it was handed.
use strict;
use warnings;
use IO::Handle;
use POSIX ();

use constant {
    CONTROL     => 6,
    REQUEST_MAX => 64 * 1024,
    CONTROL_MAX => 256,
    HEADER_SIZE => 16,         # of a struct cmsghdr
    CLOEXEC     => 0x40000000, # MSG_CMSG_CLOEXEC
    SEVERAL     => 3,
};

my ($folder, $recvmsg, $idle) = @ARGV;
my %descriptor; # file name in the arguments => descriptor, in a fork

# Perl has no recvmsg; its struct msghdr is built by hand (64-bit Linux).
sub receive {
    my $data    = "\0" x REQUEST_MAX;
    my $control = "\0" x CONTROL_MAX;
    my $iov     = pack('P Q', $data, REQUEST_MAX);
    my $message = pack('Q L x4 P Q P Q l x4', 0, 0, $iov, 1, $control, CONTROL_MAX, 0);
    my $n = syscall($recvmsg, CONTROL, $message, CLOEXEC);
    return if $n <= 0;
    my $length = unpack('Q', $control);
    my @descriptors = unpack('l*', substr($control, HEADER_SIZE, $length - HEADER_SIZE));
    return (substr($data, 0, $n), @descriptors);
}

# The command's source becomes a sub of ours. It is called at most once in a process, so its
# file-scoped variables are what its inner subs see.
sub compile_command {
    my $path = "$folder/exiftool";
    open my $file, '<', $path or die "$path: $!\n";
    my $source = do { local $/; <$file> };
    $source =~ s/^__END__$.*//ms;
    local $0 = $path;
    local @ARGV;
    local $SIG{__WARN__} = sub { };
    eval qq{package main; no strict; sub exiftool_command {\n#line 1 "$path"\n$source\n}\n1}
        or die "cannot compile $path: $@";
}

# ExifTool opens files through one function: for our names it gets the descriptor, from its start.
sub divert_files {
    no warnings 'redefine';
    my ($open, $exists) = (\&Image::ExifTool::Open, \&Image::ExifTool::Exists);
    *Image::ExifTool::Open = sub ($*$;$) {
        my ($self, $handle, $name, $mode) = @_;
        goto &$open if !exists $descriptor{$name} or ($mode and $mode ne '<');
        POSIX::lseek($descriptor{$name}, 0, 0);
        return open $handle, '<&', $descriptor{$name};
    };
    *Image::ExifTool::Exists = sub ($$;$) {
        return 1 if exists $descriptor{ $_[1] };
        goto &$exists;
    };
}

# What every photo needs, loaded and with its tables built before the first fork: modules by name, the
# rest by reading a few bytes of our own.
sub warm_up {
    require "Image/ExifTool/$_" for qw(MWG.pm Geolocation.pm XMPStruct.pl Apple.pm Samsung.pm JPEG.pm
        Photoshop.pm IPTC.pm ICC_Profile.pm);
    require File::Basename;
    my $tool = Image::ExifTool->new;
    $tool->Options(Struct => 1, Geolocation => 1);
    # A TIFF with the one tag Orientation, an XMP packet with a rating, a JPEG that starts and ends.
    my $tiff = pack('A2 v V v v v V V V', 'II', 42, 8, 1, 0x112, 3, 1, 1, 0);
    my $xmp = q(<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF )
        . q(xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description )
        . q(xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='1'/></rdf:RDF></x:xmpmeta>);
    $tool->ImageInfo(\$_) for $tiff, $xmp, "\xff\xd8\xff\xd9";
}

# Large modules that some files need; worth their time once there are several files.
sub warm_up_more {
    require "Image/ExifTool/$_" for qw(Canon.pm Nikon.pm Sony.pm QuickTime.pm QuickTimeStream.pl PNG.pm
        RIFF.pm APP12.pm);
    require Digest::MD5;
    Image::ExifTool::GetTagTable("Image::ExifTool::${_}::Main") for qw(Canon Nikon Sony Apple QuickTime);
}

sub run_request {
    my ($data, $status, $output, $errors, @files) = @_;
    my ($n, @fields) = split /\0/, $data, -1;
    pop @fields; # what follows the last NUL
    @descriptor{ splice @fields, 0, $n } = @files;
    POSIX::dup2($output, 1);
    POSIX::dup2($errors, 2);
    POSIX::close($_) for CONTROL, $output, $errors;
    $main::status = $status;
    $0 = "$folder/exiftool";
    @ARGV = @fields;
    # At file scope, where the command was written for, a bare `shift` takes from @ARGV.
    *_ = \@ARGV;
    &exiftool_command;
    exit 0;
}

# Last of all END blocks. What is in memory is not taken apart: the process is gone in a moment.
END {
    if (defined $main::status) {
        my $code = $?;
        STDOUT->flush;
        POSIX::write($main::status, "$code", length $code);
        POSIX::_exit($code >> 8 || $code);
    }
}

# Idle means: no request for a while, and no fork that still works.
$SIG{CHLD} = 'IGNORE';
$SIG{ALRM} = sub {
    POSIX::_exit(0) if waitpid(-1, POSIX::WNOHANG()) == -1;
    alarm $idle;
};

compile_command();
divert_files();
warm_up();
my $served = 0;
while (1) {
    alarm $idle;
    my ($data, $status, $output, $errors, @files) = receive();
    next if !defined $data and $!{EINTR};
    last if !defined $data;
    alarm 0;
    my $pid = fork;
    if (defined $pid and $pid == 0) {
        $SIG{CHLD} = $SIG{ALRM} = 'DEFAULT';
        run_request($data, $status, $output, $errors, @files);
    }
    POSIX::close($_) for $status, $output, $errors, @files;
    warm_up_more() if ++$served == SEVERAL;
}
POSIX::_exit(0); # the END blocks are a fork's
