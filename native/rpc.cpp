// Upstream's RPC backend as it is, compiled into this library. Its server asks ours for memory, computes through ours, and
// writes its cache through ours: see shard.cpp. Everything that upstream includes is included before a name is redirected.
#include "ggml-rpc.h"
#include "ggml-impl.h"
#include "ggml-backend-impl.h"
#include "ggml-cpp.h"
#include "transport.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cinttypes>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "vramesh.h"

// Upstream writes std::ofstream, so its stand-in must be found there.
namespace std {
using vramesh_cache_file = vramesh::cache_file;
}

#define ofstream                       vramesh_cache_file
#define ggml_backend_buft_alloc_buffer vramesh::alloc_buffer
#define ggml_backend_buffer_free       vramesh::free_buffer
#define ggml_backend_graph_compute     vramesh::graph_compute

#include "ggml-rpc.cpp"

namespace vramesh {

ggml_backend_reg_t add_shard(const std::string & endpoint) {
    // Upstream lets go of a connection that nobody uses for a moment, and a shard server ends with its only one.
    static auto & connections = *new std::vector<std::shared_ptr<rpc_dispatcher>>();
    connections.push_back(get_dispatcher(endpoint));
    return ggml_backend_rpc_add_server(endpoint.c_str());
}

void serve(const std::string & endpoint, const char * cache_folder, size_t threads, size_t count, ggml_backend_dev_t * devices) {
    ggml_backend_rpc_start_server(endpoint.c_str(), cache_folder, threads, count, devices);
}

} // namespace vramesh
