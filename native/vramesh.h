// What the files of this folder know of each other. Together with upstream's ggml-rpc they make one library: a ggml
// backend that llama.cpp loads by itself (GGML_BACKEND_PATH), in engines and in shard servers.
#pragma once

#include "ggml-backend-impl.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace vramesh {

/// A function of the libggml that this process has loaded; null: it has none of that name. Its file is called
/// differently in every variant of llama.cpp, so it cannot be linked against.
void * loaded_function(const char * name);

// thread-pool.cpp

/// From now on graphs on the CPU run on one lasting thread pool, wherever llama.cpp brings none of its own.
void install_thread_pool(ggml_backend_reg_t cpu);
/// The same for a CPU backend on which nobody sets a pool at all.
void use_thread_pool(ggml_backend_t backend);

// transport.cpp

/// An endpoint of ggml-rpc is a name here: this is the Unix socket behind it.
void set_socket_path(const std::string & name, const std::string & path);
/// Binds and listens. 0, or the errno that says why not.
int listen_at(const std::string & path);
/// No tensor that is sent may have more bytes than this: what a peer says must not fill the memory. All other messages
/// are small anyway.
void limit_tensors(size_t bytes);

// rpc.cpp

/// Connects, and stays connected for the rest of the process. llama.cpp aborts when nobody answers.
ggml_backend_reg_t add_shard(const std::string & endpoint);
/// Serves one coordinator until it hangs up.
void serve(const std::string & endpoint, const char * cache_folder, size_t threads, size_t count, ggml_backend_dev_t * devices);

// shard.cpp: what upstream's server calls in place of ggml

ggml_backend_buffer_t alloc_buffer(ggml_backend_buffer_type_t type, size_t size);
void free_buffer(ggml_backend_buffer_t buffer);
ggml_status graph_compute(ggml_backend_t backend, ggml_cgraph * graph);

/// A file of the tensor cache: it gets its name when all of it is written, and is none when the disk is full.
class cache_file {
public:
    cache_file(const std::filesystem::path & path, std::ios_base::openmode mode);
    ~cache_file();
    void write(const char * data, size_t size);

private:
    std::filesystem::path path;
    std::filesystem::path part;
    std::ofstream         stream;
};

} // namespace vramesh
